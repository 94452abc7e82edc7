import 'virtual:examples'
